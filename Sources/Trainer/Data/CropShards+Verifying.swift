public import FaceCore
import Foundation
import Media

extension CropShards {
  /// The part of a shard that is a face's: its crop and its row with their headers, and the archive's end
  /// behind the last one.
  private struct Region {
    let place: Place
    let range: Range<Int>
    let isLast: Bool
  }

  /// Compares all bytes of the shards, on all cores, with those that packing writes: the crop that has the
  /// manifest's hash, the row as the manifest's file has it, and what is around them in any archive.
  ///
  /// `list` is that file. Holds 1024 rows at a time. Throws ``ManifestError`` for a crop that is missing
  /// or has changed, and ``MediaError`` with the place of a byte that is another.
  public func verify(
    _ manifest: Manifest, listedIn list: String, absence: String = ManifestRow.absence,
    progress: (FaceCore.Progress) -> Void = { _ in }
  ) throws {
    let rows = manifest.rows
    let regions = try regions(of: rows, absence: absence)
    var lines = try ManifestLines(path: list)
    let threads = ProcessInfo.processInfo.activeProcessorCount
    for start in stride(from: 0, to: rows.count, by: 1024) {
      let part = start..<min(start + 1024, rows.count)
      let texts = try part.map { _ in try lines.next() }
      _ = try concurrentMap(Array(part), threads: threads) { index in
        try check(rows[index], texts[index - start], regions[index])
      }
      progress(FaceCore.Progress(done: part.upperBound, total: rows.count))
    }
  }

  /// One region a row; together they are all that the shards hold.
  private func regions(of rows: [ManifestRow], absence: String) throws -> [Region] {
    let faces = try rows.map { row in
      guard let place = places[row.crop.name] else {
        throw ManifestError(code: .cropMissing, subject: row.crop.name, reason: absence)
      }
      return place
    }
    var regions: [Region] = []
    var (shard, start) = (0, 0)
    for (index, place) in faces.enumerated() {
      guard place.shard == shard, place.start == start else { throw other(shard, at: start) }
      let next = index + 1 < faces.count ? faces[index + 1] : nil
      let isLast = next?.shard != shard
      let end = isLast ? files[shard].size : next?.start ?? start
      regions.append(Region(place: place, range: start..<max(start, end), isLast: isLast))
      (shard, start) = isLast ? (shard + 1, 0) : (shard, end)
    }
    guard shard == files.count else { throw other(shard, at: 0) }
    return regions
  }

  private func check(_ row: ManifestRow, _ line: [UInt8], _ region: Region) throws {
    let (shard, member) = (region.place.shard, region.place.member)
    let length =
      TarWriter.space(for: member.size) + TarWriter.space(for: line.count)
      + (region.isLast ? TarWriter.end.count : 0)
    guard region.range.count == length else {
      throw other(shard, at: region.range.lowerBound + min(length, region.range.count))
    }
    let path = files[shard].path
    let bytes = try TarArchive.bytes(of: member.name, at: region.range, in: path)
    let crop = Array(bytes[TarWriter.space(for: 0)...].prefix(member.size))
    let fault = ManifestError(
      crop: row.crop.name, hash: Digest.hex(of: crop), expected: row.crop.sha256, absence: "")
    if let fault { throw fault }
    let packed =
      try TarWriter.record(Self.memberName(of: row), crop, of: path)
      + TarWriter.record(Self.rowName(of: row), line, of: path)
      + (region.isLast ? TarWriter.end : [])
    if let place = zip(bytes, packed).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      throw other(shard, at: region.range.lowerBound + place)
    }
  }

  private func other(_ shard: Int, at place: Int) -> MediaError {
    MediaError(
      code: .corrupt, subject: files[min(shard, files.count - 1)].path,
      reason: "at byte \(place): is not what was packed; pack the manifest again")
  }
}

extension CropShards.Place {
  /// Of its header, in the shard.
  fileprivate var start: Int { member.offset - TarWriter.space(for: 0) }
}
