import Testing

@testable import millrace

/// The command that goes on holds no key and no secret.
@Suite struct CommandAgainTests {
    @Test(arguments: [
        (["--set", "enrich.api.key=K3Y"], "--set enrich.api.key=YOUR_KEY"),
        (["--set=enrich.api.key=K3Y"], "--set=enrich.api.key=YOUR_KEY"),
        (["--set", "enrich.api={url: x, key: K3Y}"], "--set enrich.api=YOUR_VALUE"),
        (["--set", "verify.headers={Authorization: K3Y}"], "--set verify.headers=YOUR_VALUE"),
        (["--set", "notify.url=https://chat.example/K3Y"], "--set notify.url=YOUR_VALUE"),
        (["--set", "verify.url=https://v.example/?api_key=K3Y"], "--set verify.url=YOUR_VALUE"),
        (["--set", "verify.secret=K3Y"], "--set verify.secret=YOUR_VALUE"),
        (["--set", "enrich.api.url=https://api.example"], "--set enrich.api.url=https://api.example"),
        (["--set", "enrich.channels=[phone]"], "--set 'enrich.channels=[phone]'"),
        (["--fresh", "--max-credits", "5"], "--max-credits 5"),
        (["--deadline", "06:00", "--max-credits", "5", "--deadline=3h"], "--max-credits 5"),
    ])
    func hidesWhatMayBeASecret(_ arguments: [String], _ shown: String) {
        #expect(Endings.commandAgain(["millrace", "run"] + arguments) == "millrace run " + shown)
    }
}
