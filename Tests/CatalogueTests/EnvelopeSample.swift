/// An envelope as the Credential Registry serves it, signed for these tests with an RSA key that was
/// thrown away.
enum EnvelopeSample {
    static let header = "eyJhbGciOiJSUzI1NiJ9"

    static let payload =
        "eyJAdHlwZSI6ImNldGVybXM6Q291cnNlIiwiY2V0ZXJtczpjdGlkIjoiY2UtM2ZhODVmNjQtNTcxNy00NTYyLWIz"
        + "ZmMtMmM5NjNmNjZhZmE2IiwiY2V0ZXJtczpuYW1lIjp7ImVuIjoiV2VsZGluZyJ9LCJjZXRlcm1zOmRlc2NyaXB0"
        + "aW9uIjp7ImVuIjoiTWV0YWwifSwiY2V0ZXJtczppbkxhbmd1YWdlIjpbImVuIl0sImNldGVybXM6c3ViamVjdFdl"
        + "YnBhZ2UiOiJodHRwczovL3NjaG9vbC5leGFtcGxlL3ciLCJjZXRlcm1zOm93bmVkQnkiOlsiaHR0cHM6Ly9zY2hv"
        + "b2wuZXhhbXBsZSJdfQ"

    static let signature =
        "DFi-s04Byb9Jhu_Xk5ad_FxqALfCfQaj0Ch-QgFvdJt6aBITqmN30lSSihM4yOGxf2K5v1GSHIKrDASPHP_nofSa"
        + "ta210_50jpx0pNRVqd5WDSBZCRuf6_K0hZoUsoqRc1PKlkFdsP77AZA02lKsGvMX7eDmlyptm8MLOKmf-u9zChZ0"
        + "oAxtB3u-0N6xoxIWDZ8UGgfhQtq1D1ZxhDlG6Zbe7LGc957BRG4SXiCXkwtNOLseuhd1Jru3ciaYjyYMtqZ81b55"
        + "h26VKCNoezT42t9oeXbPQs_XHiZYXQLBfwgjotfY0z-KRjqFpA_0M3agJR5oeN1WvUSR9l2OgE_WBw"

    /// `BEGIN RSA PUBLIC KEY` (PKCS#1).
    static let pkcs1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEAnG/8USPURuseMwDFbMl7XBKyGX31fEYqiJMY3TdkkmPzZFI+vhpL
        NmnZV+uVwoHr4BARBnfUttFzl2sWlQDX1jBgyTOpoAcFVV9ciUXbGKgKpKz4NLQA
        jUzkG8E4nPcazh9Gh/ETzeCVsfVRfKC3HfPtZx7jlnziHFLtlLI+5Ya4rWnndn/v
        4uMinlYbrGRBX/QJglaLL3lmNTWnAgoO20CndpiZHWHv4eVbaP3XB6BGHUoHdkv4
        rkZriSaAH9AGRU26r3IO8kLhn0KWZtBCACrNbT0/WAd+YtOpUghaxOBEJ91qMKOW
        ElRaYbG1K9legHxiLequ5fJ+d/0Q1cI+WwIDAQAB
        -----END RSA PUBLIC KEY-----
        """

    /// The same key as `BEGIN PUBLIC KEY` (SubjectPublicKeyInfo).
    static let spki = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAnG/8USPURuseMwDFbMl7
        XBKyGX31fEYqiJMY3TdkkmPzZFI+vhpLNmnZV+uVwoHr4BARBnfUttFzl2sWlQDX
        1jBgyTOpoAcFVV9ciUXbGKgKpKz4NLQAjUzkG8E4nPcazh9Gh/ETzeCVsfVRfKC3
        HfPtZx7jlnziHFLtlLI+5Ya4rWnndn/v4uMinlYbrGRBX/QJglaLL3lmNTWnAgoO
        20CndpiZHWHv4eVbaP3XB6BGHUoHdkv4rkZriSaAH9AGRU26r3IO8kLhn0KWZtBC
        ACrNbT0/WAd+YtOpUghaxOBEJ91qMKOWElRaYbG1K9legHxiLequ5fJ+d/0Q1cI+
        WwIDAQAB
        -----END PUBLIC KEY-----
        """
}
