#include "sidecar/limits/journal_writer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <unistd.h>

#include "sidecar/base/log.hpp"
#include "sidecar/limits/record.hpp"

namespace mlgateway::limits {
namespace {

using namespace std::chrono_literals;

// Accounts asked of the ledger at once; it lets requests in between them more often.
constexpr std::size_t kSlice = 256;
// Written and synced at once.
constexpr std::size_t kWriteBytes = 1u << 20;
// What waits for a disk that fails; beyond it the changes are dropped, and all accounts written when the disk is back.
constexpr std::size_t kMostPending = 4u << 20;
// Of the other file in one step, so that changes never wait long for it.
constexpr std::uint64_t kNextBytes = 4u << 20;
constexpr auto kNextAfterFailure = 30s;

}  // namespace

JournalWriter::JournalWriter(const JournalFolder& folder, JournalFile file, Ledger& ledger, std::uint64_t compact_from)
    : folder_(folder), file_(std::move(file)), ledger_(ledger), compact_from_(compact_from) {}

JournalWriter::~JournalWriter() {
  if (next_) ::unlink(folder_.next().c_str());
}

bool JournalWriter::step(Instant now, WallTime wall) {
  take_changes(now, wall);
  flush(wall);
  if (!next_ && wants_next(now)) begin_next(now);
  if (next_) advance_next(now, wall);
  return next_.has_value();
}

// At most as many as there are accounts: who is charged all the time would otherwise keep this from ever ending.
void JournalWriter::take_changes(Instant now, WallTime wall) {
  std::string changes;
  bool more = true;
  for (std::size_t slices = ledger_.accounts() / kSlice + 1; more && slices > 0; --slices) {
    more = ledger_.take_changed(kSlice, now, wall, images_);
    encode_images(changes);
    if (more && changes.size() < kWriteBytes) continue;
    keep(changes, now);
    if (pending_.size() >= kWriteBytes) flush(wall);
    changes.clear();
  }
  keep(changes, now);
}

void JournalWriter::encode_images(std::string& out) {
  for (const AccountImage& image : images_) {
    if (append_record(out, image)) continue;
    ++write_errors_;
    log::error("quota journal: an account is too large to be written", {{"quota", image.quota}});
  }
  images_.clear();
}

void JournalWriter::keep(std::string_view changes, Instant now) {
  pending_ += changes;
  if (!next_) return;
  if (const Status written = next_->file.append(changes); !written) give_up_next(now, written.error());
}

void JournalWriter::flush(WallTime wall) {
  if (pending_.empty()) return;
  const Status written = write_pending();
  if (written) {
    pending_.clear();
    last_write_ = wall;
    if (std::exchange(failing_, false)) log::info("quota journal is written again");
    return;
  }
  ++write_errors_;
  if (!std::exchange(failing_, true)) {
    log::error("quota journal is not written: use of quotas would be lost with this process",
               {{"error", written.error().message}});
  }
  if (pending_.size() < kMostPending) return;
  pending_.clear();
  incomplete_ = true;
}

Status JournalWriter::write_pending() {
  const std::uint64_t before = file_.size();
  if (const Status appended = file_.append(pending_); !appended) return appended;
  const Status synced = file_.sync();
  if (synced) return synced;
  // After a failed sync nobody knows what of it is on the disk: it is written once more.
  [[maybe_unused]] const Status cut = file_.cut(before);
  incomplete_ = incomplete_ || file_.removed();
  return synced;
}

bool JournalWriter::wants_next(Instant now) const {
  if (now < not_before_) return false;
  return incomplete_ || file_.size() > std::max(compact_from_, 2 * compacted_bytes_);
}

void JournalWriter::begin_next(Instant now) {
  auto file = JournalFile::create(folder_.next());
  if (!file) return give_up_next(now, file.error());
  next_ = Next{.file = std::move(*file)};
}

void JournalWriter::advance_next(Instant now, WallTime wall) {
  Status done = write_images(now, wall);
  if (done && next_->complete) done = finish_next();
  if (!done) give_up_next(now, done.error());
}

Status JournalWriter::write_images(Instant now, WallTime wall) {
  std::string bytes;
  bool more = true;
  while (more && bytes.size() < kNextBytes) {
    more = ledger_.images(next_->cursor, kSlice, now, wall, images_);
    encode_images(bytes);
  }
  next_->complete = !more;
  if (const Status appended = next_->file.append(bytes); !appended) return appended;
  return next_->file.sync();
}

// Whatever is pending for the file that goes is in the other one: as an image, or written to both.
Status JournalWriter::finish_next() {
  if (const Status replaced = folder_.replace(); !replaced) return replaced;
  file_ = std::move(next_->file);
  file_.moved_to(folder_.journal());
  next_.reset();
  pending_.clear();
  compacted_bytes_ = file_.size();
  const Status synced = folder_.sync();
  incomplete_ = !synced;
  if (synced) next_failing_ = false;
  return synced;
}

void JournalWriter::give_up_next(Instant now, const Error& error) {
  if (next_) ::unlink(folder_.next().c_str());
  next_.reset();
  not_before_ = now + kNextAfterFailure;
  ++write_errors_;
  if (std::exchange(next_failing_, true)) return;
  log::error("quota journal is not compacted", {{"error", error.message}});
}

}  // namespace mlgateway::limits
