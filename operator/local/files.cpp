#include "operator/local/files.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlgateway::local {
namespace {

Error failed(const std::string& what, const std::filesystem::path& path) {
  return Error(Reason::Internal, "cannot " + what + " " + path.string() + ": " +
                                     std::error_code(errno, std::generic_category()).message());
}

// A file descriptor that is closed when its scope ends.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  // Without O_NONBLOCK a pipe in the folder would hold everything up.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) return failed("read", path);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return failed("read", path);
  if (!S_ISREG(info.st_mode)) return Error(Reason::Internal, "cannot read " + path.string() + ": it is not a file");
  std::string content;
  char block[65536];
  while (true) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path);
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > most_bytes) {
      return Error(Reason::Internal, path.string() + " has more than " + std::to_string(most_bytes >> 20) + " MiB");
    }
  }
}

Status write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const std::filesystem::path beside = path.parent_path() / ("." + path.filename().string() + ".new");
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file.open()) return failed("write", beside);
    if (::fchmod(file.get(), mode) != 0 || !write_all(file.get(), content)) return failed("write", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("replace", path);
  return Done{};
}

Result<bool> write_file_if_changed(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const auto before = read_file(path, content.size());
  if (before && *before == content) return false;
  auto written = write_file(path, content, mode);
  if (!written) return written.error();
  return true;
}

Status make_folder(const std::filesystem::path& path, mode_t mode) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return Done{};
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return failed("make the folder", path);
  return Done{};
}

}  // namespace mlgateway::local
