import Foundation
import TestSupport
import Testing

/// What is held does not grow with the file: seen from outside, on the process.
@Suite(.serialized) struct MemoryTests {
    @Test(arguments: TableFormat.allCases.filter { $0 != .csvInUTF16 })
    func readingTakesNoMoreMemoryLateInAFileThanEarly(_ format: TableFormat) async throws {
        let folder = try TemporaryFolder()
        let filler = String(repeating: "a text of some length, ", count: 200)
        let rows = (0..<13_000).map { ["person\($0)@acme.example", filler, "row \($0)"] }
        let path = try folder.write("in", try format.data(rows))

        let process = Process()
        process.executableURL = URL(fileURLWithPath: Executable.path)
        process.arguments = ["convert", path, "-o", "-"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        // It cannot get far ahead of what is read from it, so it is alive and in the middle at both moments.
        let size = rows.count * (filler.utf8.count + 40)
        let early = try await memory(of: process, after: size / 3, of: pipe)
        let late = try await memory(of: process, after: size / 2, of: pipe)
        #expect(late - early < 16 << 20, "\(early >> 20) MiB, then \(late >> 20) MiB")
        #expect(late < 120 << 20, "\(late >> 20) MiB")
    }

    /// The memory of a process that is not a file's, in bytes, once so many bytes more were read from it.
    private func memory(of process: Process, after count: Int, of pipe: Pipe) async throws -> Int {
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let read = await withCheckedContinuation { continuation in
            // Reading waits for the process, which must not hold a thread that other tests need.
            DispatchQueue.global().async {
                var block = [UInt8](repeating: 0, count: 1 << 16)
                var rest = count
                while rest > 0 {
                    let taken = Foundation.read(descriptor, &block, min(block.count, rest))
                    guard taken > 0 else { break }
                    rest -= taken
                }
                continuation.resume(returning: count - rest)
            }
        }
        try #require(read == count, "it ended after \(read) bytes")
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }
}
