/// What this program calls itself.
package enum Millrace {
    package static let version = "0.1.0"
    static let userAgent = "millrace/\(version)"
}
