// A state directory of its own for a test, and its journal as bytes.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace mlgateway::limits {

class StateFolder {
 public:
  StateFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mlgateway-state-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    root_ = name;
  }
  ~StateFolder() { std::filesystem::remove_all(root_); }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  std::string path() const { return (root_ / "state").string(); }
  std::filesystem::path journal() const { return root_ / "state" / "quota.journal"; }
  std::filesystem::path next() const { return root_ / "state" / "quota.journal.next"; }

  std::string bytes() const {
    std::ifstream file(journal(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& bytes) const {
    std::filesystem::create_directory(path());
    std::ofstream(journal(), std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace mlgateway::limits
