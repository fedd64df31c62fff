// Local mode: the operator over a folder of manifests instead of a cluster.
#pragma once

#include <filesystem>
#include <string>

namespace mlgateway::local {

struct Options {
  std::filesystem::path manifests;
  std::filesystem::path out;
  bool once = false;
  std::string sidecar;  // http://HOST:PORT of its admin address; empty: nobody is asked
};

// Runs until SIGTERM or SIGINT, or one round with `once`. The exit code: 0; 1 when it cannot run, or with `once` when
// any object is not good. What went wrong is on standard error.
int run(const Options& options);

}  // namespace mlgateway::local
