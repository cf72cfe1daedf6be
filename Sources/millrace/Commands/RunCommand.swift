import ArgumentParser

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a pipeline, or goes on with its unfinished run.",
        discussion: """
            Examples:
              millrace run pipelines/quickstart.yaml --max-credits 500
              millrace run pipelines/quickstart.yaml --dry-run
              millrace run nightly.yaml --log-format json --metrics /var/lib/node_exporter/millrace.prom --deadline 06:00
            """)

    @OptionGroup var pipeline: PipelineOptions

    @Flag(help: "Say what the run would do, cost and take, as millrace plan does; send nothing, write nothing.")
    var dryRun = false

    @OptionGroup var options: RunOptions

    func run() async throws {
        try await Endings.reporting {
            try options.watch.speak()
            let settings = try pipeline.settings(options)
            if dryRun { return try await Planning(settings: settings, options: options, json: false).run() }
            try await Running(settings: settings, options: options, command: Endings.commandAgain).run()
        }
    }
}
