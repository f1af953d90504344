/// Credentials
