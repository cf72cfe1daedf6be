import CSimdJSON

/// simdjson, given one object at a time: the only place that knows it.
struct SimdJSON: ~Copyable {
    /// What a member's value is, and so what its bytes are.
    enum Kind {
        /// Text, escapes resolved.
        case string
        case null
        /// A number, a boolean, an array or an empty object, as written.
        case raw
    }

    /// A value that is no object; the names on the way to it are joined by dots.
    struct Member {
        let path: UnsafeRawBufferPointer
        let kind: Kind
        let value: UnsafeRawBufferPointer

        fileprivate init(_ member: mr_json_member) {
            path = UnsafeRawBufferPointer(start: member.path, count: member.path_length)
            value = UnsafeRawBufferPointer(start: member.text, count: member.length)
            switch member.kind {
            case Int32(MR_JSON_STRING): kind = .string
            case Int32(MR_JSON_NULL): kind = .null
            default: kind = .raw
            }
        }
    }

    /// The members of an object; good until the next one is read.
    struct Members: RandomAccessCollection {
        fileprivate let members: UnsafeBufferPointer<mr_json_member>

        var startIndex: Int { members.startIndex }
        var endIndex: Int { members.endIndex }
        subscript(index: Int) -> Member { Member(members[index]) }
    }

    private let parser = mr_json_parser_new()

    deinit { mr_json_parser_free(parser) }

    /// The bytes that must be readable behind an object.
    static let padding = Int(MR_JSON_PADDING)

    /// Lists the members of an object, in order.
    ///
    /// - Parameters:
    ///   - text: one JSON object with ``padding`` readable bytes behind it.
    ///   - depth: levels that it may have.
    /// - Returns: the members, or why this is no JSON object.
    func members(of text: UnsafeRawBufferPointer, depth: Int) -> Result<Members, Refusal> {
        var members: UnsafePointer<mr_json_member>?
        var count = 0
        let code = mr_json_object(
            parser, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, depth, &members, &count)
        guard code == 0 else { return .failure(Refusal(why: String(cString: mr_json_error(code)))) }
        return .success(Members(members: UnsafeBufferPointer(start: members, count: count)))
    }

    struct Refusal: Error {
        var why: String
    }

    static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        mr_utf8_is_valid(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
}
