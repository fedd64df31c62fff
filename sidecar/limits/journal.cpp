#include "sidecar/limits/journal.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

#include "sidecar/base/log.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 250ms;
// While another file is written: long enough for others to have the processor, short enough to be done soon.
constexpr auto kPause = 10ms;
// A smaller file is read in no time.
constexpr std::uint64_t kCompactFrom = 4u << 20;

Result<JournalFile> create(const JournalFolder& folder) {
  auto file = JournalFile::create(folder.next());
  if (!file) return file.error();
  if (const Status synced = file->sync(); !synced) return synced.error();
  if (const Status replaced = folder.replace(); !replaced) return replaced.error();
  if (const Status synced = folder.sync(); !synced) return synced.error();
  file->moved_to(folder.journal());
  return file;
}

// Leaves the file fit to be appended to.
Status mend(const JournalFolder& folder, JournalFile& file, const Reading& reading) {
  if (reading.torn_bytes > 0) {
    log::warn("quota journal was torn: it is read up to there, the rest is dropped",
              {{"path", folder.journal()}, {"at_byte", reading.good_bytes}, {"bytes", reading.torn_bytes}});
  }
  if (reading.good_bytes > 0) return reading.torn_bytes > 0 ? file.cut(reading.good_bytes) : Done{};
  auto made = create(folder);
  if (!made) return made.error();
  file = std::move(*made);
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const std::string& directory, Ledger& ledger, Instant now,
                                               WallTime wall) {
  auto folder = JournalFolder::open(directory);
  if (!folder) return folder.error();
  std::error_code unknown;
  const bool there = std::filesystem::exists(folder->journal(), unknown);
  auto file = there ? JournalFile::open(folder->journal()) : create(*folder);
  if (!file) return file.error();
  const auto reading = file->read([&](const AccountImage& image) { ledger.restore(image, now, wall); });
  if (!reading) return reading.error();
  if (const Status mended = mend(*folder, *file, *reading); !mended) return mended.error();
  log::info("quota journal is read",
            {{"path", folder->journal()}, {"records", reading->records}, {"accounts", ledger.accounts()}});
  std::unique_ptr<Journal> journal(new Journal(std::move(*folder), std::move(*file), *reading, ledger));
  // The ledger tells its changes from the first time on that it is asked for them.
  journal->step(now, wall);
  journal->thread_ = std::jthread([raw = journal.get()](const std::stop_token& stop) { raw->run(stop); });
  return journal;
}

Journal::Journal(JournalFolder folder, JournalFile file, const Reading& reading, Ledger& ledger)
    : folder_(std::move(folder)), writer_(folder_, std::move(file), ledger, kCompactFrom) {
  numbers_.restored = reading.records;
  numbers_.torn_bytes = reading.torn_bytes;
}

Journal::~Journal() { close(); }

void Journal::close() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Journal::Numbers Journal::numbers() const {
  const std::lock_guard lock(mutex_);
  return numbers_;
}

void Journal::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool soon = step(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, soon ? kPause : kInterval, [] { return false; });
  }
  // What a disk refused to take may be in the other file only.
  while (step(std::chrono::steady_clock::now(), std::chrono::system_clock::now()) && writer_.incomplete()) {
  }
}

bool Journal::step(Instant now, WallTime wall) {
  const bool soon = writer_.step(now, wall);
  const std::lock_guard lock(mutex_);
  numbers_.write_errors = writer_.write_errors();
  numbers_.bytes = writer_.bytes();
  numbers_.last_write = writer_.last_write();
  return soon;
}

}  // namespace mlgateway::limits
