import CPixels

/// What the process does with memory it no longer uses.
public enum FreedMemory {
  /// Keeps it for what comes next, up to 256 MB, instead of giving it back to the system.
  ///
  /// For work that takes and frees arrays of megabytes all the time, as training does: the kernel fills
  /// pages with zeros whenever they come again, a sixth of the loader's time. For the whole process.
  public static func keep() { cpx_keep_memory() }
}
