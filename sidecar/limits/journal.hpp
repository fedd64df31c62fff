// What quotas have been used survives the process: a file in the state directory follows the ledger.
//
// A crash loses at most the last second of use, close() nothing. A thread of its own looks every quarter of a second at
// what changed, so that no request ever waits for a disk, and none is refused because of one: what cannot be written is
// logged, counted and tried again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"
#include "sidecar/limits/journal_folder.hpp"
#include "sidecar/limits/journal_writer.hpp"
#include "sidecar/limits/ledger.hpp"

namespace mlgateway::limits {

class Journal {
 public:
  // Makes the directory if it is missing. When it returns, the ledger holds what the file said, and from then on the
  // file follows it. A file that ends in the middle of something, or holds what was never written, is read up to
  // there; the rest is dropped, logged and counted. An Error says what is in the way, another process or a file of
  // another format among it: use is never forgotten in silence.
  // `ledger` outlives the journal and has seen no request yet.
  static Result<std::unique_ptr<Journal>> open(const std::string& directory, Ledger& ledger, Instant now,
                                               WallTime wall);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Writes what changed last, and ends. For use after the last request.
  void close();

  struct Numbers {
    std::uint64_t restored = 0;    // records read at the start
    std::uint64_t torn_bytes = 0;  // dropped at the start
    std::uint64_t write_errors = 0;
    std::uint64_t bytes = 0;             // of the file
    std::optional<WallTime> last_write;  // by this process
  };
  // From any thread.
  Numbers numbers() const;

 private:
  Journal(JournalFolder folder, JournalFile file, const Reading& reading, Ledger& ledger);
  void run(const std::stop_token& stop);
  bool step(Instant now, WallTime wall);

  const JournalFolder folder_;
  JournalWriter writer_;  // of whoever opens it, then of the thread
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  Numbers numbers_;  // under mutex_
  std::jthread thread_;
};

}  // namespace mlgateway::limits
