package import Connect

extension HTTPConnection {
    /// How the enrichment service is reached.
    package init(_ settings: APISettings) {
        self.init(
            address: settings.url, timeout: settings.timeout, connectTimeout: settings.connectTimeout, concurrency: 24,
            caFile: settings.caFile)
    }
}
