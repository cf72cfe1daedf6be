/// Email addresses out of exports, in one canonical form.
enum EmailAddress {
    /// Longest part before the at sign (RFC 5321, section 4.5.3.1.1), in bytes.
    static let localLimit = 64
    /// Longest address (RFC 5321, section 4.5.3.1.3, and erratum 1690), in bytes.
    static let limit = 254

    /// Appends the address in lower case, its domain in ASCII.
    ///
    /// - Parameter collapsesSubaddress: whether `name+tag@` becomes `name@` (RFC 5233).
    /// - Returns: nil, or why it is no address, with nothing appended.
    static func append(_ cell: ArraySlice<UInt8>, collapsesSubaddress: Bool, to out: inout [UInt8]) -> HintProblem? {
        let cell = cell.isASCII ? cell : cell.composed[...]
        let address = bare(cell.trimmed)
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return .noAt }
        var local = address[..<at]
        guard isLocalPart(local) else { return .badLocalPart }
        guard local.count <= localLimit else { return .tooLong }
        if collapsesSubaddress, let tag = local.firstIndex(of: UInt8(ascii: "+")), tag > local.startIndex {
            local = local[..<tag]
        }
        let start = out.count
        appendLowercased(local, to: &out)
        out.append(UInt8(ascii: "@"))
        guard Hostname.append(address[(at + 1)...], to: &out) else {
            out.removeLast(out.count - start)
            return .badDomain
        }
        guard out.count - start <= limit else {
            out.removeLast(out.count - start)
            return .tooLong
        }
        return nil
    }

    /// The first address in a cell, without `mailto:`, display name, brackets, and what people leave around it.
    private static func bare(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = cell
        if let open = text.lastIndex(of: UInt8(ascii: "<")), let close = text[open...].firstIndex(of: UInt8(ascii: ">"))
        {
            text = text[(open + 1)..<close].trimmed
        }
        if text.hasPrefix(ignoringCase: "mailto:") {
            text = text.dropFirst(7).prefix { $0 != UInt8(ascii: "?") }
        }
        text = text.drop { isWrapping($0) || isSeparator($0) }
        text = text.prefix { !isSeparator($0) }
        while let last = text.last, isWrapping(last) || last == UInt8(ascii: ".") { text = text.dropLast() }
        return text
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ";") || byte == UInt8(ascii: ",") || byte <= 0x20
    }

    private static func isWrapping(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "(")
            || byte == UInt8(ascii: ")")
    }

    /// Dot-atom of RFC 5322, section 3.2.3, with the other letters of RFC 6531.
    private static func isLocalPart(_ local: ArraySlice<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        guard !local.isEmpty, local.first != dot, local.last != dot else { return false }
        var previous: UInt8 = 0
        for byte in local {
            guard isAtomByte[Int(byte)], byte != dot || previous != dot else { return false }
            previous = byte
        }
        return true
    }

    private static let isAtomByte: [Bool] = (0..<256).map { value in
        let byte = UInt8(value)
        return byte >= 0x80 || byte.isASCIILetterOrDigit || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
    }

    private static func appendLowercased(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
        if text.isASCII {
            for byte in text { out.append(byte.asciiLowercased) }
        } else {
            out.append(contentsOf: String(decoding: text, as: UTF8.self).lowercased().utf8)
        }
    }
}
