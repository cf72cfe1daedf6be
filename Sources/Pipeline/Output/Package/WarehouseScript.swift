import Foundation

/// Statements that make a table and load an output into it.
///
/// Pure.
struct WarehouseScript {
    let warehouse: Warehouse
    let resource: DataResource

    /// Where it is written: beside the output.
    var path: String { Self.path(warehouse, of: resource.path) }

    static func path(_ warehouse: Warehouse, of output: String) -> String {
        let plain = Packing(path: output).unpackedName(output)
        return (plain.hasSuffix(".csv") ? String(plain.dropLast(4)) : plain) + ".\(warehouse.rawValue).sql"
    }

    var text: String {
        """
        -- Loads \(file): \(resource.rows) rows.
        CREATE TABLE \(quoted(table)) (
        \(columns.map { "  \(quoted($0.name)) \(type($0.type))" }.joined(separator: ",\n"))
        );
        \(load)

        """
    }

    private var file: String { String(resource.path.split(separator: "/").last ?? "") }

    private var table: String {
        let name = file.split(separator: ".").first.map(String.init) ?? "leads"
        return Self.plain(name, most: 63)
    }

    /// Names that no two columns share, as the warehouse tells names apart.
    private var columns: [DataResource.Field] {
        var taken: Set<String> = []
        return resource.fields.map { field in
            var name = warehouse == .bigquery ? Self.plain(field.name, most: 300) : Self.cut(field.name, most: 63)
            let base = Self.cut(name, most: 59)
            var number = 1
            while !taken.insert(name.lowercased()).inserted {
                number += 1
                name = "\(base)_\(number)"
            }
            return DataResource.Field(name: name, type: field.type)
        }
    }

    /// Letters, digits and underscores, and no digit in front.
    private static func plain(_ name: String, most: Int) -> String {
        let words = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        let text = cut(String(words), most: most - 1)
        return text.isEmpty || text.first?.isNumber == true ? "_" + text : text
    }

    /// The longest beginning of so many bytes: PostgreSQL cuts names, and two of them could become one.
    private static func cut(_ name: String, most: Int) -> String {
        var text = name.isEmpty ? "column" : name
        while text.utf8.count > most { text.removeLast() }
        return text
    }

    private func quoted(_ name: String) -> String {
        warehouse == .bigquery ? "`\(name)`" : "\"\(name.replacing("\"", with: "\"\""))\""
    }

    private func type(_ type: String) -> String {
        switch (warehouse, type) {
        case (.postgres, "number"): "double precision"
        case (.postgres, "datetime"): "timestamptz"
        case (.postgres, "string"): "text"
        case (.duckdb, "number"): "DOUBLE"
        case (.duckdb, "datetime"): "TIMESTAMPTZ"
        case (.duckdb, "string"): "VARCHAR"
        case (.snowflake, "number"): "FLOAT"
        case (.snowflake, "datetime"): "TIMESTAMP_TZ"
        case (.snowflake, "string"): "VARCHAR"
        case (.bigquery, "number"): "FLOAT64"
        case (.bigquery, "datetime"): "TIMESTAMP"
        case (.bigquery, "string"): "STRING"
        case (.bigquery, "boolean"): "BOOL"
        case (.bigquery, "integer"): "INT64"
        case (_, "integer"): warehouse == .postgres ? "bigint" : "BIGINT"
        default: warehouse == .postgres ? "boolean" : "BOOLEAN"
        }
    }

    private var load: String {
        let name = file.replacing("'", with: "''")
        let delimiter = resource.csv.delimiter == 9 ? "\\t" : String(UnicodeScalar(resource.csv.delimiter))
        switch warehouse {
        case .postgres:
            let from =
                switch resource.packing {
                case .none: "'\(name)'"
                case .gzip: "PROGRAM 'gzip -dc \"\(name)\"'"
                case .zstd: "PROGRAM 'zstd -dcq \"\(name)\"'"
                }
            let tab = resource.csv.delimiter == 9 ? "E'\\t'" : "'\(delimiter)'"
            // A command of psql, which reads the file where psql runs: the server needs no access to it.
            return
                "\\copy \(quoted(table)) FROM \(from) WITH (FORMAT csv, HEADER true, DELIMITER \(tab), ENCODING 'UTF8')"
        case .duckdb:
            let packing =
                resource.packing == .none ? "" : ", COMPRESSION \(resource.packing == .gzip ? "gzip" : "zstd")"
            return
                "COPY \(quoted(table)) FROM '\(name)' (FORMAT csv, HEADER true, DELIMITER '\(delimiter)', QUOTE '\"', ESCAPE '\"', NULLSTR ''\(packing));"
        case .snowflake:
            return """
                PUT 'file://\(name)' @%\(quoted(table)) AUTO_COMPRESS = \(resource.packing == .none ? "TRUE" : "FALSE");
                COPY INTO \(quoted(table)) FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_DELIMITER = '\(delimiter)' \
                FIELD_OPTIONALLY_ENCLOSED_BY = '"' EMPTY_FIELD_AS_NULL = TRUE ENCODING = 'UTF8');
                """
        case .bigquery:
            return """
                LOAD DATA INTO \(quoted(table)) FROM FILES (
                  format = 'CSV', uris = ['gs://YOUR_BUCKET/\(name)'], skip_leading_rows = 1, field_delimiter = '\(delimiter)',
                  allow_quoted_newlines = TRUE, null_marker = '');
                """
        }
    }
}
