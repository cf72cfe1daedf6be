/// What is an email address: the `Mailbox` of RFC 5321, section 4.1.2, with the other letters of RFC 6531.
///
/// Left out is what no lead has: comments and folded blanks (RFC 5322, section 3.2.2), and address literals in brackets.
enum EmailSyntax {
    /// Longest part before the at sign (RFC 5321, section 4.5.3.1.1), in bytes.
    static let localLimit = 64
    /// Longest address (RFC 5321, section 4.5.3.1.3, and erratum 1690), in bytes.
    static let limit = 254

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let dot = UInt8(ascii: ".")

    /// Appends the address in lower case, its domain in ASCII.
    ///
    /// - Returns: nil, or why it is no address, with nothing appended.
    static func append(_ address: ArraySlice<UInt8>, collapsesSubaddress: Bool, to out: inout [UInt8]) -> HintProblem? {
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return .noAt }
        let written = address[..<at]
        guard written.count <= localLimit else { return .tooLong }
        let start = out.count
        if written.first == quote {
            guard let text = unquoted(written) else { return .badLocalPart }
            // Quotes that nothing in them needs are no part of the address (RFC 5321, section 4.1.2).
            isDotAtom(text[...])
                ? appendLocal(text[...], collapsesSubaddress, to: &out) : appendQuoted(text, to: &out)
        } else {
            guard isDotAtom(written) else { return .badLocalPart }
            appendLocal(written, collapsesSubaddress, to: &out)
        }
        out.append(UInt8(ascii: "@"))
        let domain = address[(at + 1)...]
        guard Hostname.append(domain, to: &out) || Hostname.append(topLevel: domain, to: &out) else {
            out.removeLast(out.count - start)
            return .badDomain
        }
        guard out.count - start <= limit else {
            out.removeLast(out.count - start)
            return .tooLong
        }
        return nil
    }

    private static func appendLocal(_ local: ArraySlice<UInt8>, _ collapsesSubaddress: Bool, to out: inout [UInt8]) {
        var local = local
        if collapsesSubaddress, let tag = local.firstIndex(of: UInt8(ascii: "+")), tag > local.startIndex {
            local = local[..<tag]
            // What is left has to be an address by itself: `z.+x@` is not `z.@`.
            if local.last == dot { local = local[..<tag].dropLast() }
        }
        appendLowercased(local, to: &out)
    }

    /// Atoms with single dots between them (RFC 5322, section 3.2.3).
    private static func isDotAtom(_ local: ArraySlice<UInt8>) -> Bool {
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

    /// The text of a quoted string; nil where it is none of printable characters.
    private static func unquoted(_ local: ArraySlice<UInt8>) -> [UInt8]? {
        guard local.count > 2, local.last == quote else { return nil }
        var text: [UInt8] = []
        var isEscaped = false
        for byte in local.dropFirst().dropLast() {
            guard byte >= 0x20, byte != 0x7F, isEscaped ? byte < 0x80 : byte != quote else { return nil }
            if byte == backslash, !isEscaped {
                isEscaped = true
            } else {
                text.append(byte)
                isEscaped = false
            }
        }
        return isEscaped ? nil : text
    }

    private static func appendQuoted(_ text: [UInt8], to out: inout [UInt8]) {
        var lower: [UInt8] = []
        appendLowercased(text[...], to: &lower)
        out.append(quote)
        for byte in lower {
            if byte == quote || byte == backslash { out.append(backslash) }
            out.append(byte)
        }
        out.append(quote)
    }

    private static func appendLowercased(_ text: ArraySlice<UInt8>, to out: inout [UInt8]) {
        if text.isASCII {
            out.appendLowercased(text)
        } else {
            out.append(contentsOf: String(decoding: text, as: UTF8.self).lowercased().utf8)
        }
    }
}
