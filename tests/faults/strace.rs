//! In which order files and the database reach the disk, as `strace` sees it.
