// Random numbers for request ids and weighted choices: fast and well spread, not secret.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace mlgateway::gateway {

// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). One thread.
class Random {
 public:
  Random() : state_(std::uint64_t{std::random_device{}()} << 32 | std::random_device{}()) {}
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  // In [0, 1).
  double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // 32 hexadecimal digits.
  std::string id();

 private:
  std::uint64_t state_;
};

}  // namespace mlgateway::gateway
