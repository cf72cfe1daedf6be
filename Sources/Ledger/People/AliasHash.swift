import Crypto
import Foundation
import GRDB

/// A hint as the ledger finds it again: 128 bits of it, mixed with a secret of the ledger.
///
/// Two hints that share the first 64 bits are told apart by the others, so that no file, however it was made up, can
/// bring two people under one key.
package struct AliasHash: Sendable, Hashable {
    let key: Int64
    let check: Int64
}

/// Makes the keys under which people and companies are found.
package struct AliasHasher: Sendable {
    private let secret: [UInt8]

    /// With the ledger's own secret.
    init(_ database: Database) throws {
        secret = Array(try Data.fetchOne(database, sql: "SELECT bytes FROM secret") ?? Data())
    }

    /// Sixteen hexadecimal digits that stand for a text.
    static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }

    /// - Parameters:
    ///   - scope: whose answers are meant.
    ///   - kind: tells texts from whole rows.
    private func hash(scope: Int64, kind: UInt8, _ content: UnsafeRawBufferPointer) -> AliasHash {
        let front = secret.count + MemoryLayout<Int64>.size + 1
        return withUnsafeTemporaryAllocation(byteCount: front + content.count, alignment: 8) { message in
            message.copyBytes(from: secret)
            message.storeBytes(of: scope, toByteOffset: secret.count, as: Int64.self)
            message[front - 1] = kind
            UnsafeMutableRawBufferPointer(rebasing: message[front...]).copyMemory(from: content)
            return SHA256.hash(bytes: UnsafeRawBufferPointer(message)).withUnsafeBytes {
                AliasHash(
                    key: $0.loadUnaligned(fromByteOffset: 0, as: Int64.self),
                    check: $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
            }
        }
    }

    /// The key of a hint.
    func alias(_ text: String, in scope: Scope) -> AliasHash { alias(text, scope: scope.id) }

    func alias(_ text: String, scope: Int64) -> AliasHash {
        var text = text
        return text.withUTF8 { hash(scope: scope, kind: 0, UnsafeRawBufferPointer($0)) }
    }

    /// The key of a whole row: the next row with the same content is the same person, without a look at its hints.
    ///
    /// - Parameter content: all that decides who the row is.
    package func row(_ content: [UInt8], in scope: Scope) -> AliasHash {
        content.withUnsafeBytes { hash(scope: scope.id, kind: 1, $0) }
    }

    /// The key of a company.
    package func company(_ alias: String, in scope: Scope) -> AliasHash { self.alias(alias, in: scope) }
}

extension SHA256 {
    fileprivate static func hash(bytes: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return hasher.finalize()
    }
}
