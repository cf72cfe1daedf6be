import CLibIDN2

/// Host names in the form in which the domain name system knows them.
enum Hostname {
    /// Longest name (RFC 1035, section 2.3.4, without the root's dot), in bytes.
    static let limit = 253
    static let labelLimit = 63

    /// Appends the lower-case ASCII form of a host name; a final dot is left out.
    ///
    /// Names with other letters go through IDNA2008 (RFC 5891) with the mapping of UTS 46.
    /// - Returns: false, with nothing appended, where it is no host name of at least two labels.
    static func append(_ host: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        let host = host.last == UInt8(ascii: ".") ? host.dropLast() : host
        guard !host.isEmpty, host.count <= limit * 4 else { return false }
        if host.isASCII { return appendASCII(host, to: &out) }
        guard let ascii = idna(host) else { return false }
        return appendASCII(ascii[...], to: &out)
    }

    /// Appends a top-level domain that the Public Suffix List knows: a few take mail themselves.
    ///
    /// - Returns: false, with nothing appended, for any other name.
    static func append(topLevel host: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        guard host.count >= 2, host.count <= labelLimit, host.allSatisfy(\.isASCIILetter) else { return false }
        let lower = host.map(\.asciiLowercased)
        guard PublicSuffixList.isKnownTopLevel(lower[...]) else { return false }
        out.append(contentsOf: lower)
        return true
    }

    private static func appendASCII(_ host: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        guard isHostname(host) else { return false }
        out.appendLowercased(host)
        return true
    }

    /// Letters, digits, hyphens and underscores in at least two labels (RFC 1123, section 2.1).
    private static func isHostname(_ host: ArraySlice<UInt8>) -> Bool {
        guard host.count <= limit else { return false }
        let dot = UInt8(ascii: "."), hyphen = UInt8(ascii: "-")
        var labelLength = 0
        var labels = 1
        var hasLetter = false
        var previous = dot
        for byte in host {
            if byte == dot {
                guard labelLength > 0, previous != hyphen else { return false }
                labels += 1
                (labelLength, hasLetter) = (0, false)
            } else {
                guard byte.isASCIILetterOrDigit || byte == UInt8(ascii: "_") || byte == hyphen && labelLength > 0 else {
                    return false
                }
                labelLength += 1
                guard labelLength <= labelLimit else { return false }
                hasLetter = hasLetter || !byte.isASCIIDigit
            }
            previous = byte
        }
        // A top-level domain is never a number (RFC 3696, section 2), so addresses such as 10.0.0.1 fall here.
        return labels > 1 && labelLength > 0 && previous != hyphen && hasLetter
    }

    private static func idna(_ host: ArraySlice<UInt8>) -> [UInt8]? {
        var result: UnsafeMutablePointer<UInt8>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        let code = (Array(host) + [0]).withUnsafeBufferPointer { idn2_lookup_u8($0.baseAddress, &result, flags) }
        guard code == IDN2_OK.rawValue, let result else { return nil }
        defer { idn2_free(result) }
        var ascii: [UInt8] = []
        var next = result
        while next.pointee != 0 {
            ascii.append(next.pointee)
            next += 1
        }
        return ascii
    }
}
