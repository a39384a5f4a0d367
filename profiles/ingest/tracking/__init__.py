"""The tracking API: messages of the SDKs of Twilio Segment and RudderStack, accepted when they are committed."""
