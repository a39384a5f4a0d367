SELECT id FROM users WHERE hasAny(interests, ['retail', 'crm', 'e-mail'])
