import Foundation

/// A place in a JSON document (RFC 6901): `/data/phones/0/number`.
package struct JSONPointer: Sendable, Equatable {
    private let keys: [String]

    package init(_ text: String) {
        keys = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// What stands there in a document as `JSONSerialization` reads it; nil where nothing does.
    package func value(in root: Any) -> Any? {
        var value: Any? = root
        for key in keys {
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

    /// A single value as text; empty for null, lists and objects.
    package static func text(_ value: Any) -> String {
        if let number = value as? NSNumber, !(value is String) {
            // On Linux a boolean comes as a number whose type says so.
            return String(cString: number.objCType) == "c" ? (number.boolValue ? "true" : "false") : number.stringValue
        }
        return value as? String ?? ""
    }
}
