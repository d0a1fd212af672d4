-- What a songwriter of version 3 may have besides: a voice that was uploaded twice, so that it has had two ids, an
-- upload that waits for its next try, one that failed, a recording that goes along with orders; takes sung with
-- them, one of which tells what they were called, one whose answer was lost, and one that is on its way.
INSERT INTO library (id, name, purpose, note, created, rev, service, voice_id, duration_ms, key_print, content, file, part,
                     recording, upload_bytes)
VALUES (3, 'Mara, close', 'voice', 'the good one', 1773496920000, 14, 'https://api.aimlapi.com', 'vocal-2', 33000,
        'a1b2c3d4', 'c0ffee 32000-65000', '/home/mara/kitchen.wav', '{"from_ms":32000,"to_ms":65000}', 'c0ffee.wav', 3170000);
INSERT INTO meanings VALUES ('vocal-1', 3), ('vocal-2', 3);
INSERT INTO library (id, name, purpose, created, rev, service, content, file, recording, upload, upload_sent, upload_bytes,
                     upload_message, upload_tries, upload_due, upload_force, upload_since)
VALUES (4, 'Band', 'instrumental', 1773496920000, 15, 'https://api.aimlapi.com', 'beef', '/home/mara/band.mp3', 'beef.mp3',
        'waiting', 0, 990000, 'the service cannot be reached', 2, 1773496990000, 1, 1773496920000),
       (5, 'Talk', 'voice', 1773496920000, 16, 'https://api.aimlapi.com', 'f00d', '/home/mara/talk.wav', NULL,
        'failed', 0, 120000, 'no voice was found in it', 1, NULL, 0, 1773496920000);
INSERT INTO library (id, name, purpose, created, rev, duration_ms, content, file, recording, upload_bytes)
VALUES (6, 'Demo', 'url', 1773496920000, 17, 61000, 'd00d', '/home/mara/demo.wav', 'd00d.wav', 5300000);
INSERT INTO meanings VALUES ('recording:d00d.wav', 6);
INSERT INTO takes (id, song, take, service, model, status, why, message, request_tag, remote_id, draft, request, folder,
                   key_print, created, meant, place, sent, finished, made, due, usual, price, file, duration_ms, usd, rev)
VALUES
  (6, 1, 6, 'https://api.aimlapi.com', 'minimax/music-01', 'saved', NULL, NULL, 'tag-6', NULL,
   '{"settings":{"voice-id":"vocal-1"},"made_with":[{"field":"voice-id","value":"vocal-1","id":3,"name":"Mara, dry",
     "purpose":"voice","file":"/home/mara/kitchen.wav","part":{"from_ms":32000,"to_ms":65000},"content":null,
     "duration_ms":33000}]}', '{}', '/music', 'a1b2c3d4', 1773496920000, 1773496920000, 6, 1773496921000, 1773496989000,
   1773496988000, NULL, 55, 0.03, '/music/6.mp3', 58000, 0.0315, 18),
  (7, 1, 7, 'https://api.aimlapi.com', 'minimax/music-2.0', 'unknown', NULL, 'the connection broke', 'tag-7', 'inf-7',
   '{}', '{}', '/music', 'a1b2c3d4', 1773496920000, 1773496920000, 7, 1773496921000, 1773496989000, NULL, NULL, 70, 0.03,
   NULL, NULL, NULL, 19),
  (8, 1, 8, 'https://api.aimlapi.com', 'minimax/music-01', 'sending', 'open', NULL, 'tag-8', NULL,
   '{"settings":{"voice-id":"vocal-2"}}', '{}', '/music', 'a1b2c3d4', 1773496920000, 1773496920000, 8, 1773496921000,
   NULL, NULL, NULL, 55, 0.03, NULL, NULL, NULL, 20);
INSERT INTO uses VALUES ('vocal-1', 6), ('vocal-2', 8);
UPDATE counter SET rev = 20;
