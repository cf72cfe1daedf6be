import CLibArchive
import Foundation
import Records

/// libarchive over one of our streams: the only place that knows it.
///
/// Checksums and ends are checked by the library; a ratio and a size limit keep a bomb from filling memory or disk.
final class Archive: ByteStream {
    enum Kind {
        /// One compressed stream: gzip, Zstandard, xz or bzip2, in as many members as there are.
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
    private let limits: RecordLimits
    private var unpacked = 0
    private var takenBefore = 0
    /// Where what is read is one gzip stream.
    private var trailer: GzipTrailer?

    init(_ stream: any ByteStream, kind: Kind, limits: RecordLimits, name: String) throws {
        guard let handle = archive_read_new() else { throw Self.failure("there is no memory for it", name) }
        source = Source(stream, name: name)
        self.handle = handle
        self.kind = kind
        self.limits = limits
        switch kind {
        case .compressed:
            for add in [
                archive_read_support_filter_gzip, archive_read_support_filter_zstd, archive_read_support_filter_xz,
                archive_read_support_filter_bzip2,
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
        if kind == .compressed {
            _ = try nextEntry()
            if archive_filter_code(handle, 0) == ARCHIVE_FILTER_GZIP { trailer = GzipTrailer() }
        }
    }

    deinit { archive_read_free(handle) }

    var taken: Int { source.stream.taken }

    /// Goes to the next entry; nil behind the last one.
    func nextEntry() throws -> Entry? {
        var header: OpaquePointer?
        let code = archive_read_next_header(handle, &header)
        if code == ARCHIVE_EOF { return nil }
        try check(code)
        takenBefore = taken
        unpacked = 0
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
        if count < 0 { try check(Int32(truncatingIfNeeded: count)) }
        unpacked += count
        try checkLimits()
        if trailer != nil { try checkTrailer(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        return count
    }

    private func checkTrailer(_ text: UnsafeRawBufferPointer) throws {
        trailer?.take(text)
        guard text.isEmpty else { return }
        // libarchive may stop before the end of the file, where the numbers are.
        while try source.read() > 0 {}
        guard trailer?.contradicts(source.tail) == true else { return }
        throw Self.failure(
            "the archive is damaged: its checksum does not fit the \(unpacked) bytes that came out of it", source.name)
    }

    private func checkLimits() throws {
        let packed = max(1, taken - takenBefore)
        guard unpacked > limits.unpacked || unpacked > limits.harmless && unpacked / packed > limits.ratio else {
            return
        }
        throw Diagnostic(
            code: "archive_too_large",
            "this unpacks to more than \(unpacked > limits.unpacked ? "\(limits.unpacked) bytes" : "\(limits.ratio) times its size"), as files do that are made to do harm",
            file: source.name, hint: "where it is what it should be, raise input.limits.archive_ratio")
    }

    /// - Throws: what the stream beneath said, or what libarchive did.
    private func check(_ code: Int32) throws {
        if let error = source.error {
            source.error = nil
            throw error
        }
        guard code < ARCHIVE_WARN else { return }
        let text = archive_error_string(handle).map { String(cString: $0) } ?? "unknown error"
        if text.localizedCaseInsensitiveContains("passphrase") || text.localizedCaseInsensitiveContains("encrypt") {
            throw Diagnostic(
                code: "unreadable_input", "this archive has a password", file: source.name,
                hint: "unpack it, or save it without a password")
        }
        throw Self.failure(
            "the archive is cut off or damaged (\(text)): \(unpacked) bytes came out of it", source.name)
    }

    private static func failure(_ message: String, _ name: String) -> Diagnostic {
        Diagnostic(code: "damaged_archive", message, file: name, hint: "copy or export it again")
    }

    /// What libarchive reads from.
    fileprivate final class Source {
        let stream: any ByteStream
        let name: String
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        var error: (any Error)?
        /// The last bytes that were read.
        private(set) var tail: [UInt8] = []

        init(_ stream: any ByteStream, name: String) {
            self.stream = stream
            self.name = name
        }

        deinit { block.deallocate() }

        func read() throws -> Int {
            let count = try stream.read(into: block)
            tail = Array((tail + block[max(0, count - 8)..<count]).suffix(8))
            return count
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
