// Brings what the ledger changed into the journal's file, and the file back to its size. One thread at a time; time is
// an argument. Both ledger and folder outlive it.
//
// The file only grows. When it has grown enough, another one with what the ledger then holds is written beside it, a
// slice at each step, and put in its place. What changes meanwhile is written to both, so that the last record of an
// account is always the truth, whichever file a crash leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/base/clock.hpp"
#include "sidecar/limits/journal_file.hpp"
#include "sidecar/limits/journal_folder.hpp"
#include "sidecar/limits/ledger.hpp"

namespace mlgateway::limits {

class JournalWriter {
 public:
  // `compact_from`: a smaller file is left as it is.
  JournalWriter(const JournalFolder& folder, JournalFile file, Ledger& ledger, std::uint64_t compact_from);
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  // Writes what changed, and goes on with the other file if there is one. What could not be written is tried again by
  // the next step. True: the other file wants the next step soon.
  bool step(Instant now, WallTime wall);

  // The file lacks changes until the other one takes its place.
  bool incomplete() const { return incomplete_; }
  std::uint64_t write_errors() const { return write_errors_; }
  std::uint64_t bytes() const { return file_.size(); }
  std::optional<WallTime> last_write() const { return last_write_; }

 private:
  // A file that shall become the journal.
  struct Next {
    JournalFile file;
    std::size_t cursor = 0;  // of Ledger::images()
    bool complete = false;   // all accounts are in it
  };

  void take_changes(Instant now, WallTime wall);
  void keep(std::string_view changes, Instant now);
  void flush(WallTime wall);
  Status write_pending();
  bool wants_next(Instant now) const;
  void begin_next(Instant now);
  void advance_next(Instant now, WallTime wall);
  Status write_images(Instant now, WallTime wall);
  Status finish_next();
  void give_up_next(Instant now, const Error& error);
  void encode_images(std::string& out);

  const JournalFolder& folder_;
  JournalFile file_;
  Ledger& ledger_;
  const std::uint64_t compact_from_;

  std::vector<AccountImage> images_;  // of one slice; kept for its memory
  std::string pending_;               // not yet in file_
  bool incomplete_ = false;           // changes were dropped, or the file was: only another file can tell them
  std::optional<Next> next_;
  std::uint64_t compacted_bytes_ = 0;  // the size of the file when it took the other's place
  Instant not_before_{};               // for another file, after one failed

  bool failing_ = false;       // appends to the file; said once
  bool next_failing_ = false;  // the other file; said once
  std::uint64_t write_errors_ = 0;
  std::optional<WallTime> last_write_;
};

}  // namespace mlgateway::limits
