/// What this program calls itself.
package enum Millrace {
    package static let version = "0.1.0"
    package static let userAgent = "millrace/\(version)"
}
