import Foundation
import Synchronization

/// A name server on a loopback port that knows which domains take mail.
package final class FakeNameServer: Sendable {
    /// What it says of a domain.
    package enum Answer: Sendable {
        /// Has a mail exchanger.
        case exchanger
        /// Has none, but an address.
        case address
        /// Says that it takes no mail (RFC 7505).
        case none
        /// There is no such domain.
        case unknown
        /// Cannot tell.
        case failure
    }

    package let port: Int
    private let descriptor: Int32

    package init(_ answers: [String: Answer]) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileNoSuchFile) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 1500)
            while true {
                var peer = sockaddr_storage()
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let count = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                // The socket was shut with the server.
                guard count > 12 else { return }
                let reply = Self.reply(to: Array(buffer[..<count]), answers)
                _ = withUnsafeMutablePointer(to: &peer) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(descriptor, reply, reply.count, 0, $0, length)
                    }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// The question with its answer (RFC 1035, section 4).
    private static func reply(to question: [UInt8], _ answers: [String: Answer]) -> [UInt8] {
        var labels: [String] = []
        var place = 12
        while place < question.count, question[place] > 0 {
            let end = min(question.count, place + 1 + Int(question[place]))
            labels.append(String(decoding: question[(place + 1)..<end], as: UTF8.self))
            place = end
        }
        let end = min(question.count, place + 5)
        let type = Int(question[end - 4]) << 8 | Int(question[end - 3])
        let answer = answers[labels.joined(separator: ".")] ?? .unknown
        // Preference 10 and a pointer to the name that was asked for; or preference 0 and the root.
        let record: [UInt8]? =
            switch (answer, type) {
            case (.exchanger, 15): [0, 10, 0xC0, 12]
            case (.none, 15): [0, 0, 0]
            case (.address, 1): [127, 0, 0, 1]
            default: nil
            }
        let code: UInt8 = answer == .unknown ? 3 : answer == .failure ? 2 : 0
        var reply = Array(question[..<2]) + [0x81, 0x80 | code, 0, 1, 0, record == nil ? 0 : 1, 0, 0, 0, 0]
        reply += question[12..<end]
        if let record {
            reply +=
                [0xC0, 12, UInt8(type >> 8), UInt8(type & 255), 0, 1, 0, 0, 0, 60, 0, UInt8(record.count)] + record
        }
        return reply
    }
}
