SELECT id FROM users WHERE country IN ('DE', 'AT', 'CH')
