#include "sidecar/config/digest.hpp"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace mlgateway::config {
namespace {

// FIPS 180-2, appendix B.
TEST(Digest, IsSha256) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, HashesPiecesAsTheirWhole) {
  const std::string text(1000, 'a');
  for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{999}}) {
    Sha256 hash;
    hash.update(std::string_view(text).substr(0, size));
    hash.update({});
    hash.update(std::string_view(text).substr(size));
    EXPECT_EQ(hash.finish(), sha256(text)) << size;
  }
}

TEST(Digest, IsTheSameInEveryThread) {
  const Digest here = sha256("key");
  Digest there{};
  std::jthread([&there] { there = sha256("key"); }).join();
  EXPECT_EQ(here, there);
}

TEST(Digest, IsReadFromExactlySixtyFourHexDigits) {
  const std::string text = to_hex(sha256("key"));
  EXPECT_EQ(digest_from_hex(text), sha256("key"));
  std::string upper = text;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(digest_from_hex(upper), sha256("key"));
  EXPECT_FALSE(digest_from_hex(text.substr(1)));
  EXPECT_FALSE(digest_from_hex(text + "0"));
  EXPECT_FALSE(digest_from_hex("g" + text.substr(1)));
  EXPECT_FALSE(digest_from_hex(text.substr(1) + "x"));
  EXPECT_FALSE(digest_from_hex(""));
}

}  // namespace
}  // namespace mlgateway::config
