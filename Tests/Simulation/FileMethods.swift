import GRDBSQLite

/// The table of functions that SQLite calls on an open file.
enum FileMethods {
    /// Made once; SQLite keeps pointers to it for as long as the process runs.
    nonisolated(unsafe) static let table: UnsafePointer<sqlite3_io_methods> = {
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        table.initialize(to: sqlite3_io_methods())
        // Version 2: with the shared memory of the write-ahead log, without memory-mapped reading.
        table.pointee.iVersion = 2
        fillReading(&table.pointee)
        fillWriting(&table.pointee)
        fillSharing(&table.pointee)
        return UnsafePointer(table)
    }()

    static func find(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        guard let file, let context = FaultyFiles.context(file).pointee else { return nil }
        return Unmanaged<OpenFile>.fromOpaque(context).takeUnretainedValue()
    }

    private static func fillReading(_ table: inout sqlite3_io_methods) {
        table.xClose = { file in
            guard let file, let opened = FileMethods.find(file) else { return SQLITE_OK }
            let code = opened.methods.xClose(opened.real)
            if let context = FaultyFiles.context(file).pointee {
                Unmanaged<OpenFile>.fromOpaque(context).release()
            }
            FaultyFiles.context(file).pointee = nil
            return code
        }
        table.xRead = { file, buffer, count, offset in
            guard let opened = FileMethods.find(file), opened.disk?.isStopped != true else {
                return SQLITE_IOERR_READ_
            }
            return opened.methods.xRead(opened.real, buffer, count, offset)
        }
        table.xFileSize = { file, size in
            guard let opened = FileMethods.find(file) else { return SQLITE_IOERR }
            return opened.methods.xFileSize(opened.real, size)
        }
        table.xFileControl = { file, operation, argument in
            guard let opened = FileMethods.find(file) else { return SQLITE_IOERR }
            return opened.methods.xFileControl(opened.real, operation, argument)
        }
        table.xSectorSize = { file in
            FileMethods.find(file).map { $0.methods.xSectorSize($0.real) } ?? 4096
        }
        table.xDeviceCharacteristics = { file in
            FileMethods.find(file).map { $0.methods.xDeviceCharacteristics($0.real) } ?? 0
        }
    }

    private static func fillWriting(_ table: inout sqlite3_io_methods) {
        table.xWrite = { file, buffer, count, offset in
            guard let opened = FileMethods.find(file), let buffer else {
                return SQLITE_IOERR_WRITE_
            }
            let bytes = [UInt8](UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            return opened.write(bytes, at: offset)
        }
        table.xTruncate = { file, size in FileMethods.find(file)?.truncate(size) ?? SQLITE_IOERR }
        table.xSync = { file, flags in FileMethods.find(file)?.sync(flags) ?? SQLITE_IOERR }
    }

    private static func fillSharing(_ table: inout sqlite3_io_methods) {
        table.xLock = { file, level in
            FileMethods.find(file).map { $0.methods.xLock($0.real, level) } ?? SQLITE_IOERR
        }
        table.xUnlock = { file, level in
            FileMethods.find(file).map { $0.methods.xUnlock($0.real, level) } ?? SQLITE_IOERR
        }
        table.xCheckReservedLock = { file, result in
            FileMethods.find(file).map { $0.methods.xCheckReservedLock($0.real, result) }
                ?? SQLITE_IOERR
        }
        table.xShmMap = { file, page, size, extend, pointer in
            FileMethods.find(file).map { $0.methods.xShmMap($0.real, page, size, extend, pointer) }
                ?? SQLITE_IOERR
        }
        table.xShmLock = { file, offset, count, flags in
            FileMethods.find(file).map { $0.methods.xShmLock($0.real, offset, count, flags) }
                ?? SQLITE_IOERR
        }
        table.xShmBarrier = { file in
            if let opened = FileMethods.find(file) { opened.methods.xShmBarrier(opened.real) }
        }
        table.xShmUnmap = { file, delete in
            FileMethods.find(file).map { $0.methods.xShmUnmap($0.real, delete) } ?? SQLITE_IOERR
        }
    }
}
