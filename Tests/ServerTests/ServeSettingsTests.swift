import Records
import Settings
import TestSupport
import Testing
@testable import Server

@Suite struct ServeSettingsTests {
    private func mistakes(_ text: String) throws -> [String] {
        let folder = try TemporaryFolder()
        let path = try folder.write("serve.yaml", text)
        do {
            _ = try ServeSettings.read(path, environment: [:])
            return []
        } catch let error as InvalidSettings {
            return error.found.map { "\($0.line ?? 0): \($0.message)" }
        }
    }

    @Test func everythingThatIsWrongIsSaidAtItsPlace() throws {
        let found = try mistakes(
            """
            waterfall: w.yaml
            listen: 0.0.0.0:99999
            verify:
              url: nonsense
              verdict: {pointer: valid}
            max_body: much
            """)
        #expect(
            found == [
                "2: 'listen' takes HOST:PORT, such as 127.0.0.1:8787", "4: verify.url is no address",
                "5: verify.verdict.pointer is no JSON pointer", "6: 'max_body' takes a size such as 1MiB",
            ])
    }

    @Test func aVerificationNeedsAWebhook() throws {
        #expect(try mistakes("waterfall: w.yaml\nverify: {builtin: true}\n") == ["2: verify names no webhook"])
        #expect(try mistakes("waterfall: w.yaml\nverify: {attempts: 2}\n") == ["2: verify names no webhook"])
        #expect(try mistakes("listen: 8787\nverify: {url: \"http://127.0.0.1:1/v\"}\n") == [])
    }
}
