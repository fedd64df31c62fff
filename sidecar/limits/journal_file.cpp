#include "sidecar/limits/journal_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sidecar/limits/record.hpp"

namespace mlgateway::limits {
namespace {

constexpr std::size_t kReadBytes = 256u << 10;
// It names callers: nobody else's business.
constexpr mode_t kOwnerOnly = 0600;

Error failed(std::string_view what, const std::string& path) {
  const std::string words = std::generic_category().message(errno);
  return {Reason::Internal, "quota journal: cannot " + std::string(what) + " \"" + path + "\": " + words};
}

Status check_header(std::string_view bytes, const std::string& path) {
  switch (kind_of_header(bytes)) {
    case HeaderKind::Known:
    case HeaderKind::Torn: return Done{};
    case HeaderKind::OtherFormat:
      return Error(Reason::InvalidConfig,
                   "quota journal: \"" + path + "\" is of another format than " + std::to_string(kJournalFormat) +
                       "; start the version that wrote it, or move the file away and lose what quotas were used");
    case HeaderKind::Foreign: break;
  }
  return Error(Reason::InvalidConfig, "quota journal: \"" + path + "\" is no quota journal; move it away");
}

// Takes the records off the front of `bytes`. True: a tear was met.
bool take_records(std::string& bytes, Reading& reading, const std::function<void(const AccountImage&)>& take) {
  std::string_view left(bytes);
  AccountImage image;
  Taken taken = Taken::Record;
  while ((taken = take_record(left, image)) == Taken::Record) {
    take(image);
    ++reading.records;
  }
  reading.good_bytes += bytes.size() - left.size();
  bytes.erase(0, bytes.size() - left.size());
  return taken == Taken::Torn;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Error JournalFile::failure(std::string_view what) const { return failed(what, path_); }

Result<JournalFile> JournalFile::create(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!descriptor.open()) return failed("create", path);
  JournalFile file(path, std::move(descriptor));
  if (const Status written = file.append(journal_header()); !written) return written.error();
  return file;
}

Result<JournalFile> JournalFile::open(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!descriptor.open()) return failed("open", path);
  struct stat status{};
  if (::fstat(descriptor.number(), &status) != 0) return failed("look at", path);
  JournalFile file(path, std::move(descriptor));
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

// As many bytes as there are, up to `most`.
Result<std::string> JournalFile::bytes_at(std::uint64_t offset, std::size_t most) const {
  most = static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - offset));
  std::string bytes(most, '\0');
  std::size_t got = 0;
  while (got < most) {
    const auto at = static_cast<off_t>(offset + got);
    const ssize_t more = ::pread(descriptor_.number(), bytes.data() + got, most - got, at);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return failure("read");
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

Result<Reading> JournalFile::read(const std::function<void(const AccountImage&)>& take) const {
  const auto header = bytes_at(0, kHeaderBytes);
  if (!header) return header.error();
  if (const Status known = check_header(*header, path_); !known) return known.error();
  Reading reading;
  if (header->size() == kHeaderBytes) {
    reading.good_bytes = kHeaderBytes;
    if (const Status read = read_records(reading, take); !read) return read.error();
  }
  reading.torn_bytes = size_ - reading.good_bytes;
  return reading;
}

Status JournalFile::read_records(Reading& reading, const std::function<void(const AccountImage&)>& take) const {
  std::string bytes;
  for (std::uint64_t offset = kHeaderBytes;;) {
    const auto piece = bytes_at(offset, kReadBytes);
    if (!piece) return piece.error();
    if (piece->empty()) return Done{};
    bytes += *piece;
    offset += piece->size();
    if (take_records(bytes, reading, take)) return Done{};
  }
}

Status JournalFile::append(std::string_view bytes) {
  std::uint64_t end = size_;
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const Error error = failure("write");
      // Whole records among what was written would come to life behind a shorter append.
      [[maybe_unused]] const Status cut_back = cut(size_);
      return error;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
    end += static_cast<std::uint64_t>(put);
  }
  size_ = end;
  return Done{};
}

Status JournalFile::sync() {
  if (::fdatasync(descriptor_.number()) != 0) return failure("sync");
  if (!removed()) return Done{};
  errno = ENOENT;
  return failure("find");
}

bool JournalFile::removed() const {
  struct stat status{};
  return ::fstat(descriptor_.number(), &status) == 0 && status.st_nlink == 0;
}

Status JournalFile::cut(std::uint64_t size) {
  if (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) return failure("cut");
  size_ = size;
  return Done{};
}

}  // namespace mlgateway::limits
