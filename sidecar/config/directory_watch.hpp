// Tells when a file of a directory may have new content: inotify on the directory, read for one purpose.
#pragma once

#include <filesystem>
#include <string>

namespace mlgateway::config {

// For one thread.
class DirectoryWatch {
 public:
  DirectoryWatch(std::filesystem::path directory, std::string file);
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  // Watches the directory unless that is so already. False while it is not there or cannot be watched; why not is
  // logged once. Call it again after every take_events(): a directory that was replaced has to be watched anew.
  bool begin();

  // To be polled for reading; -1 (which poll ignores) when the system has no inotify to give.
  int descriptor() const { return descriptor_; }

  // Takes all events that have come. True when the file may have changed: it, or the kubelet's `..data`, was moved
  // here, was closed after writing, vanished, or is a new link; or the watch itself ended or lost events. A file that
  // is still being written does not count.
  bool take_events();

 private:
  bool matters(int watch, unsigned mask, const char* name);

  std::filesystem::path directory_;
  std::string file_;
  int descriptor_ = -1;
  int watch_ = -1;
  bool complained_ = false;
};

}  // namespace mlgateway::config
