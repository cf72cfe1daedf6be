import EnrichmentAPI
import Foundation
import TestSupport

/// The tests' enrichment service as a program, for benchmarks: strict limits on a loopback port.
///
///     bench-service BULK_PER_WINDOW WINDOW_SECONDS [LATENCY_MILLISECONDS]
///
/// Prints its address, serves until standard input ends, then prints what it counted.
@main
enum BenchService {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap(Double.init)
        guard (2...3).contains(arguments.count) else {
            FileHandle.standardError.write(
                Data("usage: bench-service BULK_PER_WINDOW WINDOW_SECONDS [LATENCY_MILLISECONDS]\n".utf8))
            exit(64)
        }
        var limits = ServiceLimits.generous
        limits.bulkPerMinute = Int(arguments[0])
        limits.minute = .milliseconds(Int(arguments[1] * 1000))
        let service = FakeService(limits: limits, latency: .milliseconds(arguments.count > 2 ? Int(arguments[2]) : 10))
        try await service.serving { url in
            say(url)
            await withCheckedContinuation { ended in
                Thread.detachNewThread {
                    _ = FileHandle.standardInput.readDataToEndOfFile()
                    ended.resume()
                }
            }
        }
        let books = service.books
        let twice = books.charges.values.count { $0 > 1 }
        say("calls \(books.calls[.bulk] ?? 0) refused \(books.refusals) charged twice \(twice)")
    }

    private static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
