import Foundation
import TestSupport

/// The built program.
struct Executable {
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["MILLRACE_BINARY"] { return path }
        return Checkout.file(".build/debug/millrace")
    }()

    struct Result: Sendable {
        var code: Int32
        var out: String
        var err: String
    }

    /// A program that runs.
    final class Running {
        let process: Process
        private let ended: AsyncStream<Void>
        private let out: URL
        private let err: URL

        init(
            _ arguments: [String], of program: String = Executable.path, in folder: TemporaryFolder,
            environment: [String: String] = [:], input: String? = nil
        ) throws {
            process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            var variables = [
                "PATH": "/usr/bin:/bin", "HOME": folder.path, "MILLRACE_STATE": folder.file("state.sqlite"),
            ]
            variables.merge(environment) { $1 }
            process.environment = variables
            let name = UUID().uuidString
            out = URL(fileURLWithPath: folder.file(".out-\(name)"))
            err = URL(fileURLWithPath: folder.file(".err-\(name)"))
            for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
            process.standardOutput = try FileHandle(forWritingTo: out)
            process.standardError = try FileHandle(forWritingTo: err)
            if let input {
                let path = try folder.write(".in-\(name)", input)
                process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            } else {
                process.standardInput = FileHandle.nullDevice
            }
            let (ended, end) = AsyncStream.makeStream(of: Void.self)
            self.ended = ended
            process.terminationHandler = { _ in end.finish() }
            try process.run()
        }

        /// What it has said on standard error so far.
        var said: String { (try? String(contentsOf: err, encoding: .utf8)) ?? "" }

        func kill(_ signal: Int32 = SIGKILL) { Foundation.kill(process.processIdentifier, signal) }

        /// Waits without holding a thread, which the service in the test process needs.
        func result() async throws -> Result {
            for await _ in ended {}
            process.waitUntilExit()
            return Result(
                code: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8),
                err: try String(contentsOf: err, encoding: .utf8))
        }
    }

    /// Another program.
    static func run(
        _ arguments: [String], of program: String, before: [String], in folder: TemporaryFolder,
        environment: [String: String]
    ) async throws -> Result {
        try await Running(before + arguments, of: program, in: folder, environment: environment).result()
    }

    static func run(
        _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:], input: String? = nil
    ) async throws -> Result {
        try await Running(arguments, in: folder, environment: environment, input: input).result()
    }
}
