import Foundation
import Records

/// A file as it lies there: opened as often as it is wanted, or once where it is a pipe.
final class InputFile {
    let path: String
    /// As the person named it; `standard input` for `-`.
    let name: String
    /// Nil for pipes and devices, which cannot be opened again.
    let fingerprint: FileFingerprint?
    private var pipe: PeekedBytes?
    private var spool: FileReader?

    /// - Parameter keepsPipe: whether a pipe is kept in a temporary file, so that it too can be opened again.
    init(_ path: String, keepsPipe: Bool = false) throws {
        self.path = path
        fingerprint = try FileFingerprint.of(path)
        let reader = try FileReader(path)
        name = reader.name
        guard fingerprint == nil else { return }
        if keepsPipe {
            spool = try FileReader(spooling: reader, name: name)
        } else {
            pipe = PeekedBytes(reader)
        }
    }

    var isPipe: Bool { pipe != nil }

    /// The bytes from the first one; of a pipe, what nobody has read yet.
    func open() throws -> PeekedBytes { try pipe ?? PeekedBytes(spool?.again() ?? FileReader(path)) }

    /// The file for reading out of order; a pipe is kept in a temporary file for it.
    func openSeekable() throws -> FileReader {
        guard let pipe else { return try spool?.again() ?? FileReader(path) }
        let kept = try spool ?? FileReader(spooling: pipe, name: name)
        spool = kept
        try kept.seek(to: 0)
        return kept
    }
}
