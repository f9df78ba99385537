import Glibc

/// A folder of files that are written once, appear as a whole and never change.
///
/// Every call blocks until the disk has answered: they are for a ``BlockingThread``.
package struct DiskFolder: Sendable {
    /// The folder's path.
    package let path: String

    /// Opens the folder at a path, making the last part of it where it is missing.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir") }
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else { throw .last("access") }
    }

    /// The folder of a name inside this one.
    package func folder(_ name: String) throws(SystemError) -> DiskFolder {
        try DiskFolder("\(path)/\(name)")
    }

    /// Begins a file that is not there yet.
    package func create(_ name: String) throws(SystemError) -> DiskFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let number = unsafe open("\(path)/\(name)", flags, 0o600)
        guard number >= 0 else { throw .last("open") }
        return DiskFile(number)
    }

    /// Gives a finished file its place in another folder of the same disk, there after a crash.
    package func move(_ name: String, to folder: DiskFolder) throws(SystemError) {
        guard unsafe rename("\(path)/\(name)", "\(folder.path)/\(name)") == 0 else {
            throw .last("rename")
        }
        let number = unsafe open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open") }
        let descriptor = Descriptor(owning: number)
        guard fsync(descriptor.number) == 0 else { throw .last("fsync") }
    }

    /// The content of a file; nil when there is none, or it has more bytes.
    package func read(_ name: String, atMost maximumBytes: Int) -> [UInt8]? {
        ProcessFile.read("\(path)/\(name)", atMost: maximumBytes)
    }

    /// Removes a file; one that is not there is as good as removed.
    package func remove(_ name: String) throws(SystemError) {
        guard unsafe unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
            throw .last("unlink")
        }
    }

    /// The names in the folder, in no order, at most so many.
    package func names(atMost maximumCount: Int) throws(SystemError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw .last("opendir") }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while names.count < maximumCount, let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                let bytes = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
                return unsafe String(validatingCString: bytes)
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// A file that is being written; its calls block.
package final class DiskFile: Sendable {
    private let descriptor: Descriptor

    fileprivate init(_ number: Int32) {
        descriptor = Descriptor(owning: number)
    }

    /// Writes bytes behind those that are there.
    package func append(_ bytes: [UInt8]) throws(SystemError) {
        try FileOutput.write(bytes, to: descriptor.number)
    }

    /// Waits until the disk has all of it.
    package func synchronize() throws(SystemError) {
        guard fsync(descriptor.number) == 0 else { throw .last("fsync") }
    }
}
