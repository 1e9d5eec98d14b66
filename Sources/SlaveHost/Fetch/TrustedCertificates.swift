import NIOSSL

extension TLSConfiguration {
    /// A client's configuration that trusts the certificates in a PEM file and no others.
    static func clientTrusting(_ path: String) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path)
        return configuration
    }
}
