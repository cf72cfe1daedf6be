import Foundation
import Ledger
import Records

/// Gives the outputs of a run their names, and writes what describes them.
struct Publication {
    let settings: PipelineSettings
    let writers: RowWriters
    let progress: RowProgress
    /// Of outputs that were hashed while they were written, by their paths.
    let digests: [String: FileDigest]
    let run: Run
    /// What earlier runs of the pipeline wrote.
    let earlier: Set<String>
    let watch: StepWatch

    /// - Returns: what the person should know.
    /// - Throws: ``Diagnostic`` `write_failed` or `cannot_create_output`; what has its name stays.
    func publish() throws -> [Diagnostic] {
        for path in paths {
            try OutputFile.publish(path)
            watch.passed(.published)
        }
        for audience in settings.audience {
            SplitFile.removeOld(
                audience.path, behind: parts(audience).count, of: earlier.subtracting(settings.rowPaths))
        }
        let outputs = Set(settings.output.map(\.path))
        let resources = DataResource.all(settings, writers, progress)
        for warehouse in settings.warehouse {
            for resource in resources where resource.format == .csv && outputs.contains(resource.path) {
                let script = WarehouseScript(warehouse: warehouse, resource: resource)
                try OutputFile.write(Array(script.text.utf8), to: script.path)
            }
        }
        return settings.describesOutputs ? try DataPackage(run: run.name, resources, digests: digests).write() : []
    }

    private var paths: [String] {
        settings.output.map(\.path) + [settings.rejects, settings.changes?.path ?? ""].filter { !$0.isEmpty }
            + settings.audience.flatMap(parts)
    }

    private func parts(_ audience: AudienceSettings) -> [String] {
        SplitFile.paths(
            audience.path, rows: progress.imports[audience.path]?.rows ?? 0, rowsPerFile: audience.rowsPerFile)
    }
}
