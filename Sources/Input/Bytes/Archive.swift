import CLibArchive
import Foundation
import Records

/// libarchive over one of our streams: the only place that knows it.
///
/// Checksums and ends are checked by the library; ``UnpackingLimits`` keep a bomb from filling memory or disk.
final class Archive: ByteStream {
    enum Kind {
        /// One compressed stream: Zstandard, xz or bzip2, in as many members as there are.
        case compressed
        /// A ZIP archive, whose entries are read one by one.
        case zip
    }

    struct Entry: Sendable, Equatable {
        var name: String
        var size: Int?
        var isFolder: Bool
    }

    private let source: Source
    private let handle: OpaquePointer
    private let kind: Kind
    private var limits: UnpackingLimits

    init(_ stream: any ByteStream, kind: Kind, limits: RecordLimits, name: String) throws {
        guard let handle = archive_read_new() else { throw Self.failure("there is no memory for it", name) }
        source = Source(stream, name: name)
        self.handle = handle
        self.kind = kind
        self.limits = UnpackingLimits(limits, name: name)
        // Without a locale whose letters are UTF-8, libarchive gives no names with others than ASCII.
        _ = Self.locale
        switch kind {
        case .compressed:
            for add in [
                archive_read_support_filter_zstd, archive_read_support_filter_xz, archive_read_support_filter_bzip2,
            ] {
                _ = add(handle)
            }
            archive_read_support_format_raw(handle)
        case .zip:
            archive_read_support_format_zip(handle)
        }
        archive_read_set_callback_data(handle, Unmanaged.passUnretained(source).toOpaque())
        archive_read_set_read_callback(handle, readBlock)
        archive_read_set_skip_callback(handle, skipBytes)
        if stream is FileReader, kind == .zip { archive_read_set_seek_callback(handle, seekTo) }
        try check(archive_read_open1(handle))
        if kind == .compressed { _ = try nextEntry() }
    }

    private static let locale: Bool = setlocale(LC_CTYPE, "C.UTF-8") != nil

    deinit { archive_read_free(handle) }

    var taken: Int { source.stream.taken }

    /// Goes to the next entry; nil behind the last one.
    func nextEntry() throws -> Entry? {
        var header: OpaquePointer?
        let code = archive_read_next_header(handle, &header)
        if code == ARCHIVE_EOF { return nil }
        try check(code)
        limits.restart(taken: taken)
        guard let header else { return nil }
        let name =
            archive_entry_pathname_utf8(header).map { String(cString: $0) }
            ?? archive_entry_pathname(header).map { String(cString: $0) } ?? ""
        return Entry(
            name: name, size: archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : nil,
            isFolder: name.hasSuffix("/"))
    }

    /// Goes forward to the entry of this name.
    func open(_ name: String) throws -> Bool {
        while let entry = try nextEntry() {
            if entry.name == name { return true }
        }
        return false
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(handle, buffer.baseAddress, buffer.count)
        // Also what libarchive calls a warning: the text was read, and its checksum does not fit.
        if count < 0 { throw failure() }
        try limits.add(count, taken: taken)
        return count
    }

    /// - Throws: what the stream beneath said, or what libarchive did.
    private func check(_ code: Int32) throws {
        if code < ARCHIVE_WARN || source.error != nil { throw failure() }
    }

    private func failure() -> any Error {
        if let error = source.error {
            source.error = nil
            return error
        }
        let text =
            archive_error_string(handle).map { String(cString: $0).split(separator: "\n").joined() } ?? "unknown error"
        if text.localizedCaseInsensitiveContains("passphrase") || text.localizedCaseInsensitiveContains("encrypt") {
            return Diagnostic(
                code: "unreadable_input", "this archive has a password", file: source.name,
                hint: "unpack it, or save it without a password")
        }
        return Self.failure(
            "the archive is cut off or damaged (\(text)): \(limits.unpacked) bytes came out of it", source.name)
    }

    static func failure(_ message: String, _ name: String) -> Diagnostic {
        Diagnostic(code: "damaged_archive", message, file: name, hint: "copy or export it again")
    }

    /// What libarchive reads from.
    fileprivate final class Source {
        let stream: any ByteStream
        let name: String
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        var error: (any Error)?

        init(_ stream: any ByteStream, name: String) {
            self.stream = stream
            self.name = name
        }

        deinit { block.deallocate() }

        func read() throws -> Int {
            try stream.read(into: block)
        }

        func attempt(_ work: () throws -> Int) -> Int {
            do {
                return try work()
            } catch {
                self.error = error
                return Int(ARCHIVE_FATAL)
            }
        }
    }
}

private func source(_ context: UnsafeMutableRawPointer?) -> Archive.Source? {
    context.map { Unmanaged<Archive.Source>.fromOpaque($0).takeUnretainedValue() }
}

private let readBlock:
    @convention(c) (
        OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeRawPointer?>?
    ) -> la_ssize_t = { _, context, block in
        guard let source = source(context) else { return la_ssize_t(ARCHIVE_FATAL) }
        block?.pointee = UnsafeRawPointer(source.block.baseAddress)
        return source.attempt { try source.read() }
    }

private let skipBytes: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, la_int64_t) -> la_int64_t = {
    _, context, count in
    guard let source = source(context), let file = source.stream as? FileReader, file.canSeek else { return 0 }
    return la_int64_t(source.attempt { try file.skip(Int(count)) })
}

private let seekTo: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, la_int64_t, Int32) -> la_int64_t = {
    _, context, distance, origin in
    guard let source = source(context), let file = source.stream as? FileReader else {
        return la_int64_t(ARCHIVE_FATAL)
    }
    let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? file.taken : file.size
    return la_int64_t(
        source.attempt {
            try file.seek(to: base + Int(distance))
            return file.taken
        })
}
