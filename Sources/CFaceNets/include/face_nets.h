// The weights of the built-in networks, part of the program: files in safetensors' format.
#ifndef FACE_NETS_H
#define FACE_NETS_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of a file, and how many.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} face_net;

face_net face_net_detector(void);
face_net face_net_landmarks(void);
face_net face_net_embedding(void);
face_net face_net_occlusion(void);

#endif
