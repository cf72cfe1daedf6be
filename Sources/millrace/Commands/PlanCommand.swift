import ArgumentParser

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "What a run would do, cost and take; sends nothing, writes nothing.",
        discussion: """
            Reads the whole input and looks in the ledger for what is known. What credits to expect is drawn from earlier
            answers of the workspace; the range leaves out one case in ten. The time is the least that the limits allow.

            Examples:
              millrace plan pipelines/quickstart.yaml
              millrace plan pipelines/quickstart.yaml --max-credits 500 --json
            """)

    @OptionGroup var pipeline: PipelineOptions

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Endings.reporting {
            try options.watch.speak()
            try await Planning(settings: pipeline.settings(options), options: options, json: json).run()
        }
    }
}
