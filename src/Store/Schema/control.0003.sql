-- The grant journal has files of its own. What is in force is known to the kernel's sets too, and taken over from there.
DROP TABLE grant_events;
