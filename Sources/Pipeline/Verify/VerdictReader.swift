import Foundation
import Ledger

/// Reads a verdict out of a verification service's answer.
///
/// Pure.
struct VerdictReader: Sendable {
    let settings: VerdictSettings

    func verdict(in body: Data) -> Verdict {
        guard let answer = try? JSONSerialization.jsonObject(with: body, options: .fragmentsAllowed),
            let value = Self.value(at: settings.pointer, in: answer)
        else { return .unknown }
        let text = Self.text(value)
        if settings.valid.contains(text) { return .valid }
        return settings.invalid.contains(text) ? .invalid : .unknown
    }

    /// JSON pointer (RFC 6901).
    private static func value(at pointer: String, in root: Any) -> Any? {
        var value: Any? = root
        for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
            if let object = value as? [String: Any] {
                value = object[key]
            } else if let list = value as? [Any], let index = Int(key), list.indices.contains(index) {
                value = list[index]
            } else {
                return nil
            }
        }
        return value
    }

    private static func text(_ value: Any) -> String {
        if let number = value as? NSNumber, !(value is String) {
            // On Linux a boolean comes as a number whose type says so.
            return String(cString: number.objCType) == "c" ? (number.boolValue ? "true" : "false") : number.stringValue
        }
        return value as? String ?? ""
    }
}
