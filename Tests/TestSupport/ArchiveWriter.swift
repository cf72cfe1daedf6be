import CLibArchive
package import Foundation

/// Packs bytes as programs pack exports.
package enum ArchiveWriter {
    package enum Filter: String, Sendable, CaseIterable {
        case gzip, zstd, xz, bzip2
    }

    package static func compressed(_ data: Data, _ filter: Filter) -> Data {
        write { archive in
            switch filter {
            case .gzip: archive_write_add_filter_gzip(archive)
            case .zstd: archive_write_add_filter_zstd(archive)
            case .xz: archive_write_add_filter_xz(archive)
            case .bzip2: archive_write_add_filter_bzip2(archive)
            }
            archive_write_set_format_raw(archive)
        } entries: {
            [("data", data)]
        }
    }

    package static func zip(_ files: [(name: String, data: Data)]) -> Data {
        write { archive in
            archive_write_set_format_zip(archive)
        } entries: {
            files
        }
    }

    private static func write(
        _ configure: (OpaquePointer?) -> Void, entries: () -> [(name: String, data: Data)]
    ) -> Data {
        let archive = archive_write_new()
        defer { archive_write_free(archive) }
        configure(archive)
        archive_write_set_bytes_in_last_block(archive, 1)
        let files = entries()
        var room = [UInt8](repeating: 0, count: files.reduce(1 << 20) { $0 + $1.data.count * 2 + 4096 })
        var used = 0
        room.withUnsafeMutableBytes { buffer in
            archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &used)
            for file in files {
                let entry = archive_entry_new()
                archive_entry_set_pathname(entry, file.name)
                archive_entry_set_filetype(entry, 0o100000)
                archive_entry_set_perm(entry, 0o644)
                archive_entry_set_size(entry, Int64(file.data.count))
                archive_write_header(archive, entry)
                _ = file.data.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
                archive_entry_free(entry)
            }
            archive_write_close(archive)
        }
        return Data(room[..<used])
    }
}
