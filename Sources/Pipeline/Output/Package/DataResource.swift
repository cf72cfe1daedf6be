/// A file that a run wrote, as those who load it need to know it.
struct DataResource: Sendable {
    struct Field: Sendable, Equatable {
        var name: String
        /// As Table Schema names types.
        var type: String
    }

    let path: String
    let format: OutputSettings.Format
    let csv: CSVText
    let fields: [Field]
    let rows: Int

    var packing: Packing { Packing(path: path) }
}

extension DataResource {
    /// The files of a run that have a place, in the order of the settings.
    static func all(_ settings: PipelineSettings, _ writers: RowWriters, _ progress: RowProgress) -> [DataResource] {
        func texts(_ names: [String]) -> [Field] { names.map { Field(name: $0, type: "string") } }
        let tally = progress.tally
        var all = zip(settings.output, writers.outputs).map { output, rows in
            DataResource(
                path: output.path, format: output.format ?? .csv, csv: rows.csv,
                fields: rows.schema.map { Field(name: $0.name, type: $0.type) }, rows: tally.read)
        }
        if !settings.rejects.isEmpty {
            var fields = texts(RejectWriter.columns)
            for index in fields.indices where ["line", "record"].contains(fields[index].name) {
                fields[index].type = "integer"
            }
            all.append(
                DataResource(
                    path: settings.rejects, format: .csv, csv: CSVText(), fields: fields, rows: tally.rejected))
        }
        if let changes = settings.changes, let rows = writers.changes {
            all.append(
                DataResource(
                    path: changes.path, format: .csv, csv: CSVText(), fields: texts(rows.names),
                    rows: progress.imports[changes.path]?.rows ?? 0))
        }
        for (audience, rows) in zip(settings.audience, writers.audiences) {
            let count = progress.imports[audience.path]?.rows ?? 0
            let paths = SplitFile.paths(audience.path, rows: count, rowsPerFile: audience.rowsPerFile)
            for (index, path) in paths.enumerated() {
                all.append(
                    DataResource(
                        path: path, format: .csv, csv: CSVText(), fields: texts(rows.names),
                        rows: min(audience.rowsPerFile, count - index * audience.rowsPerFile)))
            }
        }
        return all.filter { $0.path != "-" }
    }
}
