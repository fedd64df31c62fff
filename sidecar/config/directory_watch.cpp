#include "sidecar/config/directory_watch.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sidecar/base/log.hpp"

namespace mlgateway::config {
namespace {

// What the kubelet switches by a rename; the files are links through it.
constexpr std::string_view kData = "..data";

constexpr unsigned kChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_MOVED_FROM;
constexpr unsigned kWatchEnds = IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;

bool is_link(const std::filesystem::path& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

DirectoryWatch::DirectoryWatch(std::filesystem::path directory, std::string file)
    : directory_(std::move(directory)),
      file_(std::move(file)),
      descriptor_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

DirectoryWatch::~DirectoryWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool DirectoryWatch::begin() {
  if (watch_ >= 0) return true;
  int failure = EMFILE;
  if (descriptor_ >= 0) {
    watch_ =
        ::inotify_add_watch(descriptor_, directory_.c_str(), kChanges | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
    failure = errno;
  }
  if (watch_ < 0 && !std::exchange(complained_, true)) {
    const std::string words = std::generic_category().message(failure);
    log::warn("config directory is not watched, only polled", {{"directory", directory_.string()}, {"error", words}});
  }
  if (watch_ >= 0) complained_ = false;
  return watch_ >= 0;
}

bool DirectoryWatch::take_events() {
  bool changed = false;
  alignas(inotify_event) char buffer[4096];
  ssize_t size = 0;
  while ((size = ::read(descriptor_, buffer, sizeof buffer)) > 0) {
    for (ssize_t offset = 0; offset < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer + offset, sizeof event);
      changed |= matters(event.wd, event.mask, event.len > 0 ? buffer + offset + sizeof event : "");
      offset += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  return changed;
}

bool DirectoryWatch::matters(int watch, unsigned mask, const char* name) {
  if (mask & IN_Q_OVERFLOW) return true;
  if (watch != watch_) return false;  // of a directory that was replaced
  if (mask & kWatchEnds) {
    // A directory that was moved away keeps its watch, which would tell of a place nobody means any more.
    ::inotify_rm_watch(descriptor_, watch_);
    watch_ = -1;
    return true;
  }
  if (name != kData && name != file_) return false;
  return (mask & IN_CREATE) == 0 || is_link(directory_ / name);
}

}  // namespace mlgateway::config
