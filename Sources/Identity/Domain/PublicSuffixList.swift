import CPublicSuffix

/// The Public Suffix List as libpsl carries it: the only place that knows the library.
enum PublicSuffixList {
    /// Length of the registrable part at the end of a host name, in bytes; nil where the name is itself a public suffix.
    ///
    /// - Parameter host: lower-case ASCII. ICANN and private rules both count, so `shop.hosting.example` on a shared
    ///   host is its own domain, and an unknown top-level domain counts as one suffix.
    static func registrableLength(_ host: ArraySlice<UInt8>) -> Int? {
        with(host) { list, name in
            psl_registrable_domain(list, name).map { host.count - name.distance(to: $0) }
        }
    }

    /// Whether a label is a top-level domain by a rule of its own, and not only since no rule says otherwise.
    static func isKnownTopLevel(_ label: ArraySlice<UInt8>) -> Bool {
        with(label) { list, name in
            psl_is_public_suffix2(list, name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 1 ? true : nil
        } ?? false
    }

    private static func with<Value>(
        _ host: ArraySlice<UInt8>, _ body: (OpaquePointer, UnsafePointer<CChar>) -> Value?
    ) -> Value? {
        guard let list = psl_builtin() else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: host.count + 1) { name in
            for (index, byte) in host.enumerated() { name[index] = CChar(bitPattern: byte) }
            name[host.count] = 0
            return name.baseAddress.flatMap { body(list, UnsafePointer($0)) }
        }
    }
}
