import CPublicSuffix

/// The Public Suffix List as libpsl carries it: the only place that knows the library.
enum PublicSuffixList {
    /// Length of the registrable part at the end of a host name, in bytes; nil where the name is itself a public suffix.
    ///
    /// - Parameter host: lower-case ASCII. ICANN and private rules both count, so `shop.hosting.example` on a shared
    ///   host is its own domain, and an unknown top-level domain counts as one suffix.
    static func registrableLength(_ host: ArraySlice<UInt8>) -> Int? {
        guard let list = psl_builtin() else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: host.count + 1) { name in
            for (index, byte) in host.enumerated() { name[index] = CChar(bitPattern: byte) }
            name[host.count] = 0
            guard let base = name.baseAddress, let found = psl_registrable_domain(list, base) else { return nil }
            return host.count - UnsafePointer(base).distance(to: found)
        }
    }
}
