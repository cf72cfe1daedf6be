import CSimdJSON
import Records

/// simdjson, given one object at a time: the only place that knows it.
struct JSONObjectParser: ~Copyable {
    /// What a member's value is, and so what its bytes are.
    enum Kind {
        /// Text, escapes resolved.
        case string
        case null
        /// A number, a boolean, an array or an object, as written.
        case raw
    }

    private let parser = mr_json_parser_new()

    deinit { mr_json_parser_free(parser) }

    /// The bytes that must be readable behind an object.
    static let padding = Int(MR_JSON_PADDING)

    /// Calls `member` for each member of the object, in order.
    ///
    /// - Parameter text: one JSON object with ``padding`` readable bytes behind it.
    /// - Returns: nil, or why this is no JSON object.
    func members(
        of text: UnsafeRawBufferPointer,
        _ member: (_ key: UnsafeRawBufferPointer, Kind, _ value: UnsafeRawBufferPointer) -> Void
    ) -> String? {
        withoutActuallyEscaping(member) { member in
            let call = MemberCall(member)
            let code = mr_json_object(
                parser, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, report,
                Unmanaged.passUnretained(call).toOpaque())
            withExtendedLifetime(call) {}
            return code == 0 ? nil : String(cString: mr_json_error(code))
        }
    }
}

private final class MemberCall {
    let call: (UnsafeRawBufferPointer, JSONObjectParser.Kind, UnsafeRawBufferPointer) -> Void
    init(_ call: @escaping (UnsafeRawBufferPointer, JSONObjectParser.Kind, UnsafeRawBufferPointer) -> Void) {
        self.call = call
    }
}

private let report: mr_json_member = { context, key, keyLength, kind, value, valueLength in
    guard let context else { return }
    let kinds: [Int32: JSONObjectParser.Kind] = [Int32(MR_JSON_STRING): .string, Int32(MR_JSON_NULL): .null]
    Unmanaged<MemberCall>.fromOpaque(context)._withUnsafeGuaranteedRef {
        $0.call(
            UnsafeRawBufferPointer(start: key, count: keyLength), kinds[kind] ?? .raw,
            UnsafeRawBufferPointer(start: value, count: valueLength))
    }
}
